// Runs in Plesk's page, around the frame in which Mailward is. Gives the frame the height of its
// page, and puts Plesk's token into every form that is sent: Plesk refuses changes without it.
(function () {
  'use strict';
  var frame = document.getElementById('mailward-frame');

  function token() {
    var meta = document.getElementById('forgery_protection_token');
    return meta ? meta.getAttribute('content') : '';
  }

  function addToken(event) {
    var form = event.target;
    if (!form || String(form.method).toLowerCase() !== 'post') {
      return;
    }
    var field = form.querySelector('input[name="forgery_protection_token"]');
    if (!field) {
      field = form.ownerDocument.createElement('input');
      field.type = 'hidden';
      field.name = 'forgery_protection_token';
      form.appendChild(field);
    }
    field.value = token();
  }

  function watch() {
    // Fails when the session has ended and the frame shows a page of somebody else's.
    try {
      frame.contentDocument.addEventListener('submit', addToken, true);
    } catch (error) {
      return;
    }
  }

  window.addEventListener('message', function (event) {
    if (event.origin !== window.location.origin || event.source !== frame.contentWindow) {
      return;
    }
    var said = event.data && event.data.mailward;
    if (said === 'height' && event.data.height > 0) {
      frame.style.height = Math.ceil(event.data.height) + 'px';
    }
  });

  frame.addEventListener('load', watch);
  watch();
})();
