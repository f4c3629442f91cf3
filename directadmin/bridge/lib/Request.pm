package Request;

# One request as DirectAdmin hands it to a plugin's script, in the words of Mailward's pages. Decides
# nothing: whose session it is, Mailward asks DirectAdmin itself, and which user we run as the kernel
# tells it.

use strict;
use warnings;

use Mailward::Carriage ();
use Mailward::Words    ();

# Whether the reader of a refusal is the administrator.
our $IS_ROOT = 0;

my $LARGEST_QUERY = 8000;
my $PIECE         = 65_536;

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

# The path below which the plugin is for a level.
sub place { return $LEVELS{ $_[0] }[0] }

# Answer the present request for a page of the level.
sub carry {
    my ($level) = @_;
    $IS_ROOT = $level eq 'admin';
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
    my $request = _request($level, $method, $query, $body);
    return Mailward::Carriage::exchange($LEVELS{$level}[1], $request, \&_begin, \&refuse);
}

# Say one thing in words, and why.
sub refuse {
    my ($status, $word) = @_;
    my $language = Mailward::Words::language(_variable('LANGUAGE', ''));
    my $page     = Mailward::Words::page($word, $language, $IS_ROOT);
    binmode *STDOUT;
    print _begin("$status $Mailward::Carriage::REASONS{$status}"),
        "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n",
        "X-Content-Type-Options: nosniff\r\nContent-Length: ", length $page, "\r\n\r\n", $page;
    return;
}

# As a raw script of DirectAdmin's begins its answer, which the browser gets as it is.
sub _begin {
    my ($status) = @_;
    return "HTTP/1.1 $status\r\nConnection: close\r\n";
}

sub _variable { return Mailward::Carriage::variable(@_) }

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
        return (undef, 413) if length $body > $Mailward::Carriage::LARGEST_BODY;
    }
    return (_plain($body));
}

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
        ($method eq 'POST' ? 'Content-Type: application/x-www-form-urlencoded' : ()),
        Mailward::Carriage::said(@PASSED),
    );
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

1;
