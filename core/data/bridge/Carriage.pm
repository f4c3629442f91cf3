package Mailward::Carriage;

# Carries the text of one request to Mailward's pages and their answer back, for a panel whose pages
# are made by scripts. Decides nothing, and knows no panel: what a request is and who is looking is
# written elsewhere. Needs no module, not even of Perl's own: customers' scripts may run in cages with
# little in them.

use strict;
use warnings;

our $SECONDS = 60;

# Octets of a form.
our $LARGEST_BODY = 2_097_152;

my $LARGEST_HEAD = 65_536;
my $PIECE        = 65_536;

# Constants of Linux, so that Socket.pm is not needed (socket(2), unix(7)).
my ($PF_UNIX, $SOCK_STREAM) = (1, 1);

# What belongs to one connection and is the panel's business here.
my %DROPPED = map { $_ => 1 } qw(
    connection date keep-alive server set-cookie te trailer transfer-encoding upgrade
);

# What only a panel may say.
my $PANELS = qr/\A(?:proxy-|x-mailward-|x-directadmin-|x-no-ssi\z|status\z)/i;

our %REASONS = (
    400 => 'Bad Request', 403 => 'Forbidden', 405 => 'Method Not Allowed',
    413 => 'Content Too Large', 502 => 'Bad Gateway', 503 => 'Service Unavailable',
    504 => 'Gateway Timeout',
);

# Print what the pages answer.
#   $socket: where the pages are;
#   $request: the whole text of the request, HTTP/1.0, so that the answer is not cut into chunks and
#   ends with the connection;
#   $begin: is given status and reason; returns the lines with which this panel wants an answer to
#   begin;
#   $refuse: is given a status and a word, where there is no answer;
#   @own: names of further headers that this panel makes itself, in small letters.
sub exchange {
    my ($socket, $request, $begin, $refuse, @own) = @_;
    my $begun = 0;
    my $done  = eval {
        local $SIG{ALRM} = sub { die "slow\n" };
        alarm $SECONDS;
        my $pages = _connection($socket);
        _write($pages, $request);
        my ($head, $rest) = _head($pages, $begin, @own);
        $begun = 1;
        print $head, $rest;
        while (sysread $pages, my $piece, $PIECE) {
            print {*STDOUT} $piece or last;
        }
        alarm 0;
        1;
    };
    my $error = $@;
    alarm 0;
    return if $done || $begun;
    return $refuse->($error eq "slow\n" ? (504, 'tooSlow') : (502, 'notRunning'));
}

# Lines of a request with what the browser said, as far as it fits into them.
#   @names: the headers that it may say.
sub said {
    my @lines;
    for my $name (@_) {
        (my $key = uc $name) =~ tr/-/_/;
        my $value = variable($name eq 'Content-Type' ? $key : "HTTP_$key", '');
        push @lines, "$name: $value" if $value =~ /\A[^\x00-\x1f\x7f]{1,4096}\z/;
    }
    return @lines;
}

# A variable of the environment.
sub variable {
    my ($name, $default) = @_;
    return defined $ENV{$name} ? $ENV{$name} : $default;
}

sub _connection {
    my ($socket) = @_;
    socket my $pages, $PF_UNIX, $SOCK_STREAM, 0 or die "no socket\n";
    connect $pages, pack('S Z*', $PF_UNIX, $socket) or die "no pages\n";
    return $pages;
}

sub _write {
    my ($pages, $text) = @_;
    my $sent = 0;
    while ($sent < length $text) {
        my $more = syswrite $pages, $text, length($text) - $sent, $sent;
        # Whoever refuses at once answers without reading on; what they say is still to be read.
        last if !defined $more;
        $sent += $more;
    }
    return;
}

# The head of the answer as the panel wants it, and what of the body came with it.
sub _head {
    my ($pages, $begin, @own) = @_;
    my $got = '';
    while ($got !~ /\r?\n\r?\n/) {
        die "no answer\n" if length $got > $LARGEST_HEAD;
        sysread $pages, $got, $PIECE, length $got or die "no answer\n";
    }
    my ($head, $rest) = split /\r?\n\r?\n/, $got, 2;
    my ($status, @lines) = split /\r?\n/, $head;
    my ($code) = $status =~ m{\AHTTP/1\.[01] ([2-5][0-9]{2} ?[\x20-\x7e]*)\z} or die "no answer\n";
    my %own = map { $_ => 1 } @own;
    my $out = $begin->($code);
    for my $line (@lines) {
        my ($name, $value) = $line =~ /\A([A-Za-z0-9-]+):[ \t]*([^\x00-\x1f\x7f]*)\z/ or next;
        next if $DROPPED{ lc $name } || $own{ lc $name } || $name =~ $PANELS;
        $out .= "$name: $value\r\n";
    }
    return ("$out\r\n", $rest);
}

1;
