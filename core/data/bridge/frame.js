// Runs in the panel's page, before the frame in which Mailward is: gives that frame the height of the
// page in it.
window.addEventListener('message', function (event) {
  'use strict';
  var frame = document.getElementById('mailward-frame');
  if (!frame || event.origin !== window.location.origin || event.source !== frame.contentWindow) {
    return;
  }
  var said = event.data && event.data.mailward;
  if (said === 'height' && event.data.height > 0) {
    frame.style.height = Math.ceil(event.data.height) + 'px';
  }
});
