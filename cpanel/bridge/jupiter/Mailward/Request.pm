package Mailward::Request;

# One request as cPanel's web server hands it to a CGI script, in the words of Mailward's pages. Says
# not who is looking, which is signed elsewhere, and decides nothing: what somebody may see is decided
# by the pages (docs/bridge.md of Mailward).

use strict;
use warnings;

use Digest::SHA        ();
use Mailward::Carriage ();
use Mailward::Words    ();

# Whether the reader of a refusal is the administrator.
our $IS_ROOT = 0;

my $LARGEST_TARGET = 8000;

# What a browser may tell Mailward; everything else stays here, cookies above all.
my @PASSED = qw(
    Accept Accept-Language Content-Type If-Modified-Since If-None-Match Range User-Agent
    X-CSRF-Token X-Requested-With
);

# Answer the present request.
#   $socket: where the pages are;
#   $sign: is given method, target and the body's digest; returns the headers viewer and signature,
#   or ('', WORD) with one of the texts of Mailward::Words, where it does not sign.
sub carry {
    my ($socket, $sign) = @_;
    binmode $_ for *STDIN, *STDOUT;
    local $SIG{PIPE} = 'IGNORE';
    my $method = Mailward::Carriage::variable('REQUEST_METHOD', 'GET');
    return refuse(405, 'badMethod') if $method !~ /\A(?:GET|HEAD|POST)\z/;
    my $target = _target();
    return refuse(400, 'badAddress') if !defined $target;
    my ($body, $problem) = _body();
    return refuse($problem == 413 ? (413, 'tooLarge') : (400, 'incomplete')) if $problem;
    my ($viewer, $signature) = $sign->($method, $target, Digest::SHA::sha256_hex($body));
    return refuse($signature eq 'noSecret' ? 503 : 403, $signature) if $viewer eq '';
    my @lines = (
        "$method $target HTTP/1.0", 'Host: mailward', 'Accept-Encoding: identity',
        "X-Mailward-Viewer: $viewer", "X-Mailward-Signature: $signature",
        'Content-Length: ' . length $body,
        Mailward::Carriage::said(@PASSED),
    );
    my $request = join("\r\n", @lines, '', '') . $body;
    return Mailward::Carriage::exchange($socket, $request, \&_begin, \&refuse, 'content-length');
}

# Whether the present request is one for a route of Mailward's, not for the panel's page around it.
sub is_wanted {
    return Mailward::Carriage::variable('QUERY_STRING', '') =~ /(?:\A|&)r=/ ? 1 : 0;
}

# Say one thing in words, and why.
sub refuse {
    my ($status, $word) = @_;
    my $language = Mailward::Words::language($ENV{HTTP_ACCEPT_LANGUAGE});
    my $page     = Mailward::Words::page($word, $language, $IS_ROOT);
    binmode *STDOUT;
    print _begin("$status $Mailward::Carriage::REASONS{$status}"),
        "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n",
        "X-Content-Type-Options: nosniff\r\n\r\n", $page;
    return;
}

# As a CGI script begins its answer, whose length the web server finds out by itself.
sub _begin {
    my ($status) = @_;
    return "Status: $status\r\nX-No-SSI: 1\r\n";
}

# The query as the browser sent it, below a path that means nothing; undef for what no page is
# called. The route is the parameter r.
sub _target {
    my $query = Mailward::Carriage::variable('QUERY_STRING', '');
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
    my $length = Mailward::Carriage::variable('CONTENT_LENGTH', '');
    return ('') if $length eq '';
    return (undef, 400) if $length !~ /\A[0-9]{1,15}\z/;
    return (undef, 413) if $length > $Mailward::Carriage::LARGEST_BODY;
    my $body = '';
    while (length $body < $length) {
        my $read = read *STDIN, $body, $length - length $body, length $body;
        return (undef, 400) if !$read;
    }
    return ($body);
}

1;
