// Says as long as it lasts that the device is offline.

export function watchConnection() {
  const place = document.getElementById("offline");
  const tell = () => {
    place.textContent = navigator.onLine ? "" : "You are offline. What you see may be old, and nothing can be saved.";
  };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}
