// The line above a screen that says what was done; it goes with the next screen.

const place = document.getElementById("notice");

export function showNotice(text) {
  place.textContent = text;
}

export function clearNotice() {
  place.textContent = "";
}
