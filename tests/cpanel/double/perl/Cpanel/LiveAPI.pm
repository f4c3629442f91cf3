package Cpanel::LiveAPI;

# A page's line to cPanel; whoever never opens it is complained about (CPANEL_LIVE is where it says
# that it has).

use strict;
use warnings;

sub new {
    my ($class) = @_;
    open my $mark, '>', $ENV{CPANEL_LIVE} or die "no line to cPanel: $!\n";
    return bless {}, $class;
}

sub header {
    my ($self, $title, $key) = @_;
    die "there is no application $key\n" if !-e "/usr/local/cpanel/base/frontend/jupiter/$key";
    my $home = "$ENV{cp_security_token}/frontend/jupiter/index.html";
    return <<"HTML";
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>cPanel - $title</title>
<link rel="stylesheet" href="/panel.css"></head>
<body class="jupiter"><header><a href="$home">cPanel</a></header>
<div class="panel"><nav aria-label="cPanel"><a href="$home">Tools</a></nav>
<main><h2 class="panel-title">$title</h2>
HTML
}

sub footer { return "</main></div><footer>cPanel</footer></body></html>\n" }

sub end { return }

1;
