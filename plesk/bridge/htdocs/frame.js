// Runs in Plesk's page, around the frame in which Mailward is. Gives the frame the height of its
// page, and tells it Plesk's token: Plesk refuses changes that do not bring it along.
(function () {
  'use strict';
  var frame = document.getElementById('mailward-frame');
  var meta = document.getElementById('forgery_protection_token');

  window.addEventListener('message', function (event) {
    if (event.origin !== window.location.origin || event.source !== frame.contentWindow) {
      return;
    }
    var said = event.data && event.data.mailward;
    if (said === 'height' && event.data.height > 0) {
      frame.style.height = Math.ceil(event.data.height) + 'px';
    }
  });

  if (meta) {
    var token = encodeURIComponent(meta.getAttribute('content'));
    frame.setAttribute('data-fields', 'forgery_protection_token=' + token);
  }
  // Only now, so that the page in it finds the token.
  frame.src = frame.getAttribute('data-source');
})();
