#!/usr/local/cpanel/3rdparty/bin/perl
# The page in Jupiter, with a frame in which page.cgi shows Mailward. It runs as the account.

use strict;
use warnings;

use lib '/usr/local/cpanel', '/usr/local/cpanel/base/frontend/jupiter/mailward';

use Cpanel::LiveAPI ();
use Mailward::Frame ();

# cPanel waits for a page of this kind to call it, and complains into the page if it does not.
my $cpanel = Cpanel::LiveAPI->new();
my $token  = defined $ENV{cp_security_token} ? $ENV{cp_security_token} : '';
$token = '' if $token !~ m{\A/cpsess[0-9]{1,20}\z};
my $here = "$token/frontend/jupiter/mailward";

Mailward::Frame::show(
    "$here/page.cgi", "$here/frame.js",
    sub { print $cpanel->header('Mailward', 'mailward') },
    sub { print $cpanel->footer() },
);
$cpanel->end();
