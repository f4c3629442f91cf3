package Frame;

# What stands within DirectAdmin's page: a frame of the same origin, in which Mailward's pages are.

use strict;
use warnings;

use Carriage ();

# Print it for a level. The script stands before the frame, whose page tells its height only when that
# changes; where DirectAdmin's skin lets no script run, the frame has the height of the window.
sub show {
    my ($level) = @_;
    my $source = Carriage::place($level) . '/index.raw?r=%2F';
    print <<"HTML";
<script>
window.addEventListener('message', function (event) {
  var frame = document.getElementById('mailward-frame');
  if (!frame || event.origin !== window.location.origin || event.source !== frame.contentWindow) {
    return;
  }
  var said = event.data && event.data.mailward;
  if (said === 'height' && event.data.height > 0) {
    frame.style.height = Math.ceil(event.data.height) + 'px';
  }
});
</script>
<iframe id="mailward-frame" title="Mailward" src="$source"
        style="display: block; width: 100%; height: 85vh; min-height: 500px; border: 0"></iframe>
HTML
    return;
}

1;
