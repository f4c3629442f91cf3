package Mailward::Carriage;

# Carries one request of a CGI script to Mailward's pages and the answer back. Decides nothing: who
# is looking is signed elsewhere, and what they may see is decided by the pages (docs/bridge.md of
# Mailward).

use strict;
use warnings;

use Digest::SHA ();
use Mailward::Words ();
use Socket ();

our $SECONDS = 60;

# Whether the reader of a refusal is the administrator.
our $IS_ROOT = 0;

my $LARGEST_BODY   = 2_097_152;
my $LARGEST_TARGET = 8000;
my $LARGEST_HEAD   = 65_536;
my $PIECE          = 65_536;

# What a browser may tell Mailward; everything else stays here, cookies above all.
my @PASSED = qw(
    Accept Accept-Language Content-Type If-Modified-Since If-None-Match Range User-Agent
    X-CSRF-Token X-Requested-With
);

# What belongs to one connection and is the panel's business here, and what only a panel may say.
my %DROPPED = map { $_ => 1 } qw(
    connection content-length date keep-alive server set-cookie status te trailer
    transfer-encoding upgrade
);

my %REASONS = (
    400 => 'Bad Request', 403 => 'Forbidden', 405 => 'Method Not Allowed',
    413 => 'Content Too Large', 502 => 'Bad Gateway', 503 => 'Service Unavailable',
    504 => 'Gateway Timeout',
);

# Answer the present request.
#   $socket: where the pages are;
#   $sign: is given method, target and the body's digest; returns the headers viewer and signature,
#   or ('', WORD) with one of the texts of Mailward::Words, where it does not sign.
sub carry {
    my ($socket, $sign) = @_;
    binmode $_ for *STDIN, *STDOUT;
    local $SIG{PIPE} = 'IGNORE';
    my $method = defined $ENV{REQUEST_METHOD} ? $ENV{REQUEST_METHOD} : 'GET';
    return refuse(405, 'badMethod') if $method !~ /\A(?:GET|HEAD|POST)\z/;
    my $target = _target();
    return refuse(400, 'badAddress') if !defined $target;
    my ($body, $problem) = _body();
    return refuse($problem == 413 ? (413, 'tooLarge') : (400, 'incomplete')) if $problem;
    my ($viewer, $signature) = $sign->($method, $target, Digest::SHA::sha256_hex($body));
    return refuse($signature eq 'noSecret' ? 503 : 403, $signature) if $viewer eq '';
    return _exchange($socket, _request($method, $target, $body, $viewer, $signature));
}

# Whether the present request is one for a route of Mailward's, not for the panel's page around it.
sub is_wanted {
    my $query = defined $ENV{QUERY_STRING} ? $ENV{QUERY_STRING} : '';
    return $query =~ /(?:\A|&)r=/ ? 1 : 0;
}

# Say one thing in words, and why.
sub refuse {
    my ($status, $word) = @_;
    my $language = Mailward::Words::language($ENV{HTTP_ACCEPT_LANGUAGE});
    my $page     = Mailward::Words::page($word, $language, $IS_ROOT);
    binmode *STDOUT;
    print "Status: $status $REASONS{$status}\r\nContent-Type: text/html; charset=utf-8\r\n",
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-No-SSI: 1\r\n\r\n", $page;
    return;
}

# The query as the browser sent it, below a path that means nothing; undef for what no page is
# called. The route is the parameter r.
sub _target {
    my $query = defined $ENV{QUERY_STRING} ? $ENV{QUERY_STRING} : '';
    return if length $query > $LARGEST_TARGET || $query =~ /[^\x21-\x7e]/ || $query =~ /[#<>"\\]/;
    # Names are written plainly, so that the pages find the route that is looked at here.
    return if grep { !/\A[A-Za-z0-9_.-]*(?:=|\z)/ } split /&/, $query;
    my ($route) = $query =~ /(?:\A|&)r=([^&]*)/ or return;
    $route =~ tr/+/ /;
    $route =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    return if $route !~ m{\A/} || $route =~ /[\x00-\x1f\x7f]/ || $route =~ m{//};
    return if $route =~ m{(?:\A|/)\.\.?(?:/|\z)};
    return "/?$query";
}

sub _body {
    my $length = defined $ENV{CONTENT_LENGTH} ? $ENV{CONTENT_LENGTH} : '';
    return ('') if $length eq '';
    return (undef, 400) if $length !~ /\A[0-9]{1,15}\z/;
    return (undef, 413) if $length > $LARGEST_BODY;
    my $body = '';
    while (length $body < $length) {
        my $read = read *STDIN, $body, $length - length $body, length $body;
        return (undef, 400) if !$read;
    }
    return ($body);
}

sub _exchange {
    my ($socket, $request) = @_;
    my $begun = 0;
    my $done  = eval {
        local $SIG{ALRM} = sub { die "slow\n" };
        alarm $SECONDS;
        my $pages = _connection($socket);
        _write($pages, $request);
        my ($head, $rest) = _head($pages);
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
    return refuse($error eq "slow\n" ? (504, 'tooSlow') : (502, 'notRunning'));
}

sub _connection {
    my ($socket) = @_;
    socket(my $pages, Socket::PF_UNIX(), Socket::SOCK_STREAM(), 0) or die "no socket\n";
    connect($pages, Socket::pack_sockaddr_un($socket)) or die "no pages\n";
    return $pages;
}

# HTTP/1.0, so that the answer is not cut into chunks and ends with the connection.
sub _request {
    my ($method, $target, $body, $viewer, $signature) = @_;
    my @lines = (
        "$method $target HTTP/1.0", 'Host: mailward', 'Accept-Encoding: identity',
        "X-Mailward-Viewer: $viewer", "X-Mailward-Signature: $signature",
        'Content-Length: ' . length $body,
    );
    for my $name (@PASSED) {
        (my $key = uc $name) =~ tr/-/_/;
        $key = "HTTP_$key" if $name ne 'Content-Type';
        my $value = $ENV{$key};
        push @lines, "$name: $value" if defined $value && $value =~ /\A[^\x00-\x1f\x7f]{1,4096}\z/;
    }
    return join("\r\n", @lines, '', '') . $body;
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

# The head of the answer as a CGI script gives it, and what of the body came with it.
sub _head {
    my ($pages) = @_;
    my $got = '';
    while ($got !~ /\r?\n\r?\n/) {
        die "no answer\n" if length $got > $LARGEST_HEAD;
        sysread $pages, $got, $PIECE, length $got or die "no answer\n";
    }
    my ($head, $rest) = split /\r?\n\r?\n/, $got, 2;
    my ($status, @lines) = split /\r?\n/, $head;
    my ($code) = $status =~ m{\AHTTP/1\.[01] ([2-5][0-9]{2} ?[\x20-\x7e]*)\z} or die "no answer\n";
    my $out = "Status: $code\r\nX-No-SSI: 1\r\n";
    for my $line (@lines) {
        my ($name, $value) = $line =~ /\A([A-Za-z0-9-]+):[ \t]*([^\x00-\x1f\x7f]*)\z/ or next;
        next if $DROPPED{ lc $name } || $name =~ /\A(?:proxy-|x-mailward-|x-no-ssi)/i;
        $out .= "$name: $value\r\n";
    }
    return ("$out\r\n", $rest);
}

1;
