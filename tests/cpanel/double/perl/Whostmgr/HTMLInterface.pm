package Whostmgr::HTMLInterface;

# WHM's page around an application: a bar, a menu, a heading.

use strict;
use warnings;

sub defheader {
    my ($title, $icon, $address) = @_;
    die "WHM's own page is broken today\n" if -e '/var/cpanel/broken_chrome';
    my $home = "$ENV{cp_security_token}/";
    print <<"HTML";
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>WHM - $title</title>
<link rel="stylesheet" href="/panel.css"></head>
<body class="whm"><header><a href="$home">WHM</a></header>
<div class="panel"><nav aria-label="WHM"><a href="$home">Home</a></nav>
<main><h2 class="panel-title">$title</h2>
HTML
    return;
}

sub deffooter {
    print "</main></div><footer>WHM</footer></body></html>\n";
    return;
}

1;
