"""What a deployment needs besides templates: function packages, the site's files, images."""
