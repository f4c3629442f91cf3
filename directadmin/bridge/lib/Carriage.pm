package Carriage;

# Carries one request of DirectAdmin's to Mailward's pages and the answer back. Decides nothing: whose
# session it is, Mailward asks DirectAdmin itself, and which user we run as the kernel tells it. Needs
# no module but Perl's own core, and of that no more than what every Perl has: customers' pages run in
# cages with little in them.

use strict;
use warnings;

use Words ();

our $SECONDS = 60;

my $LARGEST_BODY  = 2_097_152;
my $LARGEST_QUERY = 8000;
my $LARGEST_HEAD  = 65_536;
my $PIECE         = 65_536;

# Constants of Linux, so that Socket.pm is not needed (socket(2), unix(7)).
my ($PF_UNIX, $SOCK_STREAM) = (1, 1);

# The pages of which level are where, and through which socket they come.
my $OWN_DOOR       = '/run/mailward-web/web.sock';
my $CUSTOMERS_DOOR = '/run/mailward-customers/web.sock';
my %LEVELS = (
    admin    => ['/CMD_PLUGINS_ADMIN/mailward',    $OWN_DOOR],
    reseller => ['/CMD_PLUGINS_RESELLER/mailward', $OWN_DOOR],
    user     => ['/CMD_PLUGINS/mailward',          $CUSTOMERS_DOOR],
);

# What a browser may tell Mailward, as far as DirectAdmin passes it on; never a cookie.
my @PASSED = qw(Accept Accept-Language If-None-Match User-Agent X-Requested-With);

# What belongs to one connection, and what only a panel may say.
my %DROPPED = map { $_ => 1 } qw(
    connection date keep-alive server set-cookie te trailer transfer-encoding upgrade
);

my %REASONS = (
    400 => 'Bad Request', 405 => 'Method Not Allowed', 413 => 'Content Too Large',
    502 => 'Bad Gateway', 504 => 'Gateway Timeout',
);

# The path below which the plugin is for a level.
sub place { return $LEVELS{ $_[0] }[0] }

# Answer the present request for a page of the level.
sub carry {
    my ($level) = @_;
    binmode $_ for *STDIN, *STDOUT;
    local $SIG{PIPE} = 'IGNORE';
    my ($body, $problem) = _body();
    return refuse($problem == 413 ? (413, 'tooLarge') : (400, 'incomplete')) if $problem;
    my $method = _variable('REQUEST_METHOD', 'GET');
    # Evolution opens a plugin with a form that has nothing in it: somebody only looks.
    $method = 'GET' if $method eq 'POST' && $body eq '';
    return refuse(405, 'badMethod') if $method !~ /\A(?:GET|HEAD|POST)\z/;
    my $query = _query();
    return refuse(400, 'badAddress') if length $query > $LARGEST_QUERY;
    return _exchange($LEVELS{$level}[1], _request($level, $method, $query, $body));
}

# Say one thing in words, and why.
sub refuse {
    my ($status, $word) = @_;
    my $page = Words::page($word, _variable('LANGUAGE', ''));
    binmode *STDOUT;
    print "HTTP/1.1 $status $REASONS{$status}\r\nContent-Type: text/html; charset=utf-8\r\n",
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n",
        'Content-Length: ', length $page, "\r\n\r\n", $page;
    return;
}

sub _variable {
    my ($name, $default) = @_;
    return defined $ENV{$name} ? $ENV{$name} : $default;
}

# Some versions of DirectAdmin hand forms and queries over as they would stand in HTML. In neither can
# there be such a text of its own: browsers write all three characters of it as %26, %3B and so on.
sub _plain {
    my ($text) = @_;
    $text =~ s/&(?:amp|#38|#x26);/&/gi;
    return $text;
}

# What the browser asked for; letters that may not stand in a request line are written as octets.
sub _query {
    my $query = _plain(_variable('QUERY_STRING', ''));
    $query =~ s/([^\x21-\x7e]|[#<>"\\])/sprintf '%%%02X', ord $1/ge;
    return $query;
}

# The form: in a variable, or, where it is too large for one, at the standard input (facts 1.4).
sub _body {
    my $form = _variable('POST', '');
    return (_plain($form)) if $form ne 'stdin=true';
    my $body = '';
    while (1) {
        my $read = sysread *STDIN, $body, $PIECE, length $body;
        return (undef, 400) if !defined $read;
        last if !$read;
        return (undef, 413) if length $body > $LARGEST_BODY;
    }
    return (_plain($body));
}

# HTTP/1.0, so that the answer is not cut into chunks and ends with the connection.
sub _request {
    my ($level, $method, $query, $body) = @_;
    my @lines = (
        "$method /" . ($query eq '' ? '' : "?$query") . ' HTTP/1.0',
        'Host: mailward', 'Accept-Encoding: identity',
        'X-Mailward-Showing: ' . _showing($level),
        "X-DirectAdmin-Level: $level",
        'X-DirectAdmin-Session: ' . _word('SESSION_ID'),
        'X-DirectAdmin-Key: ' . _word('SESSION_KEY'),
        'Content-Length: ' . length $body,
    );
    push @lines, 'Content-Type: application/x-www-form-urlencoded' if $method eq 'POST';
    for my $name (@PASSED) {
        (my $key = uc "HTTP_$name") =~ tr/-/_/;
        my $value = _variable($key, '');
        push @lines, "$name: $value" if $value =~ /\A[^\x00-\x1f\x7f]{1,4096}\z/;
    }
    return join("\r\n", @lines, '', '') . $body;
}

# A variable that may stand in a header; "" for everything else.
sub _word {
    my ($name) = @_;
    my $value = _variable($name, '');
    return $value =~ /\A[\x21-\x7e]{1,255}\z/ ? $value : '';
}

# How the page is to be shown (docs/bridge.md of Mailward).
sub _showing {
    my ($level) = @_;
    my $address = _variable('REMOTE_ADDR', '');
    my @fields = (
        [prefix    => place($level) . '/index.raw'],
        [layout    => 'frame'],
        [parameter => 'r'],
        [session   => _word('SESSION_ID')],
        [language  => _variable('LANGUAGE', '') =~ /\A([A-Za-z_-]{2,10})\z/ ? $1 : ''],
        [address   => $address =~ /\A[0-9A-Fa-f:.]{1,45}\z/ ? $address : ''],
    );
    return join '&', map { "$_->[0]=" . _escaped($_->[1]) } @fields;
}

sub _escaped {
    my ($text) = @_;
    $text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

sub _exchange {
    my ($socket, $request) = @_;
    my $begun = 0;
    my $done = eval {
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

# The head of the answer as a raw script of DirectAdmin's gives it, and what of the body came with it.
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
    my $out = "HTTP/1.1 $code\r\nConnection: close\r\n";
    for my $line (@lines) {
        my ($name, $value) = $line =~ /\A([A-Za-z0-9-]+):[ \t]*([^\x00-\x1f\x7f]*)\z/ or next;
        next if $DROPPED{ lc $name } || $name =~ /\A(?:proxy-|x-mailward-|x-directadmin-)/i;
        $out .= "$name: $value\r\n";
    }
    return ("$out\r\n", $rest);
}

1;
