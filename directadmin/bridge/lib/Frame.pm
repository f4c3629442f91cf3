package Frame;

# What stands within DirectAdmin's page: a frame of the same origin, in which Mailward's pages are.

use strict;
use warnings;

use Request ();

# Print it for a level. What gives the frame its height stands before it, because the page in it tells
# its height only when that changes; what says whether the panel is light or dark stands behind it and
# runs before that page comes. Where DirectAdmin's skin lets no script run, the frame has the height of
# the window and a scroll bar of its own.
sub show {
    my ($level) = @_;
    my $source = Request::place($level) . '/index.raw?r=%2F';
    print <<"HTML";
<script>
@{[_script()]}</script>
<iframe id="mailward-frame" title="Mailward" src="$source"
        style="display: block; width: 100%; height: 85vh; min-height: 500px; border: 0"></iframe>
<script>
(function () {
  // The first background that is painted, from here outwards, also through Evolution's own frame.
  function painted(view, element) {
    for (; element; element = element.parentElement) {
      var parts = view.getComputedStyle(element).backgroundColor.match(/[0-9.]+/g) || [];
      if (parts.length === 3 || (parts.length === 4 && +parts[3] > 0.5)) {
        return parts;
      }
    }
    try {
      return view.frameElement && view !== view.parent && painted(view.parent, view.frameElement);
    } catch (foreign) {
      return null;
    }
  }
  var frame = document.getElementById('mailward-frame');
  var parts = painted(window, frame) || [255, 255, 255];
  var light = 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] > 128;
  frame.setAttribute('data-theme', light ? 'light' : 'dark');
})();
</script>
HTML
    return;
}

# What stands in frame.js; it is not worth a request of its own here.
sub _script {
    my ($folder) = __FILE__ =~ m{\A(.*/)}s;
    open my $file, '<', "${folder}Mailward/frame.js" or return '';
    local $/ = undef;
    return scalar <$file>;
}

1;
