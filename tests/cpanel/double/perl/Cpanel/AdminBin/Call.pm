package Cpanel::AdminBin::Call;

# Calls an admin module: over a socket that everybody reaches, to one who asks the kernel who calls.

use strict;
use warnings;

use JSON::PP ();
use Socket   ();

sub call {
    my ($namespace, $module, $action, @arguments) = @_;
    socket my $line, Socket::PF_UNIX(), Socket::SOCK_STREAM(), 0 or die "no socket\n";
    connect $line, Socket::pack_sockaddr_un('/usr/local/cpanel/var/cpwrapd.sock')
        or die "cpwrapd is not there\n";
    my $asked = JSON::PP->new->utf8->canonical->encode(
        {
            namespace => $namespace, module => $module, function => $action,
            arguments => \@arguments,
        }
    );
    syswrite $line, "$asked\n";
    shutdown $line, 1;
    my $text = do { local $/ = undef; <$line> };
    my $answer = JSON::PP->new->utf8->decode($text);
    die "The administrative request failed.\n" if !$answer->{status};
    return $answer->{data};
}

1;
