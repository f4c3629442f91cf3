#!/usr/local/cpanel/3rdparty/bin/perl
# Mailward inside WHM. It runs as root for everybody whom WHM lets in, so it asks WHM again, in every
# request, who that is. Without a route it is a page of WHM's with a frame; with one (r=/log) it
# carries the request to Mailward's pages.

use strict;
use warnings;

use lib '/usr/local/cpanel', '/var/cpanel/perl',
    '/usr/local/cpanel/base/frontend/jupiter/mailward';

use Mailward::Account ();
use Mailward::Frame   ();
use Mailward::Request ();
use Mailward::Seal    ();

my $ACL    = 'software-Mailward';
my $HERE   = '/cgi/mailward';
my $SOCKET = '/run/mailward-web/web.sock';

my ($role, $login) = viewer();
my $token = Mailward::Account::token($ENV{cp_security_token});
$Mailward::Request::IS_ROOT = $role eq 'admin';
if ($role eq '') {
    Mailward::Request::refuse(403, 'notAllowed');
}
elsif (Mailward::Request::is_wanted()) {
    Mailward::Request::carry($SOCKET, sub { sealed(@_) });
}
else {
    Mailward::Frame::show("$token$HERE/mailward.cgi", "$token$HERE/frame.js", \&head, \&foot);
}

# Role and login, as WHM says; ('', '') for somebody who may not see us.
sub viewer {
    my $user = defined $ENV{REMOTE_USER} ? $ENV{REMOTE_USER} : '';
    my $found = eval {
        require Whostmgr::ACLS;
        Whostmgr::ACLS::init_acls();
        Whostmgr::ACLS::hasroot() ? 'admin' : Whostmgr::ACLS::checkacl($ACL) ? 'reseller' : '';
    };
    return ('', '') if !$found || !Mailward::Account::is_name($user);
    return ($found, $user);
}

sub sealed {
    my ($method, $target, $digest) = @_;
    my $address = defined $ENV{REMOTE_ADDR} ? $ENV{REMOTE_ADDR} : '';
    my $claim = {
        role      => $role,
        login     => $login,
        session   => Mailward::Seal::session("whm:$login:$token"),
        prefix    => "$token$HERE/mailward.cgi",
        layout    => 'frame',
        parameter => 'r',
        language  => Mailward::Account::language($login),
        zone      => '',
        address   => $address =~ /\A[0-9A-Fa-f:.]{1,45}\z/ ? $address : '',
    };
    my @headers = Mailward::Seal::headers($claim, $method, $target, $digest);
    return @headers ? @headers : ('', 'noSecret');
}

sub head {
    require Whostmgr::HTMLInterface;
    Whostmgr::HTMLInterface::defheader('Mailward', '', "$HERE/mailward.cgi");
    return;
}

sub foot {
    Whostmgr::HTMLInterface::deffooter();
    return;
}
