package Mailward::Frame;

# The panel's page around Mailward: its head and foot, and between them a frame of the same origin.

use strict;
use warnings;

# Print it.
#   $pages: address of the script that carries requests; $script: address of frame.js;
#   $head, $foot: print what the panel has around a page. Where they fail, the page goes without.
sub show {
    my ($pages, $script, $head, $foot) = @_;
    local $| = 1;
    print "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n",
        "Cache-Control: no-store\r\n\r\n";
    my $dressed = eval { $head->(); 1 };
    print qq{<!doctype html><html><head><meta charset="utf-8"><title>Mailward</title></head><body>}
        if !$dressed;
    # The script first: the page in the frame tells its height only when that changes. WHM and
    # Jupiter are light, whatever the visitor's system prefers.
    print <<"HTML";
<script src="$script"></script>
<iframe id="mailward-frame" title="Mailward" src="$pages?r=/" data-theme="light"
        style="display: block; width: 100%; min-height: 600px; border: 0"></iframe>
HTML
    print '</body></html>' if !$dressed || !eval { $foot->(); 1 };
    return;
}

1;
