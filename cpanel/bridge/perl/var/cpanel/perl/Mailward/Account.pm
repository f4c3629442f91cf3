package Mailward::Account;

# What cPanel has on record about an account and its sessions. Everything here wants root.

use strict;
use warnings;

use Fcntl ();

our $USERS    = '/var/cpanel/users';
our $PACKAGES = '/var/cpanel/packages';
our $SESSIONS = '/var/cpanel/sessions/raw';

my $LARGEST = 1_048_576;

sub is_name {
    my ($name) = @_;
    return defined $name && !ref $name && $name =~ /\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\z/ ? 1 : 0;
}

# The part of an address that stands for a session (/cpsess and digits); '' for anything else.
sub token {
    my ($given) = @_;
    return defined $given && !ref $given && $given =~ m{\A(/cpsess[0-9]{1,20})\z} ? $1 : '';
}

# The language that the account has chosen, as a tag; '' where nobody knows.
sub language {
    my ($name) = @_;
    my $locale = _record($name)->{LOCALE};
    return '' if !defined $locale;
    $locale =~ tr/_/-/;
    return $locale =~ /\A([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\z/ ? $1 : '';
}

# Whether the account has Mailward: as its own record says, else its package's. Who says nothing has.
sub is_included {
    my ($name) = @_;
    my $record = _record($name);
    my $value  = $record->{mailward_enable};
    my $plan   = $record->{PLAN};
    if (!defined $value && defined $plan && $plan =~ m{\A([^/.\x00][^/\x00]{0,254})\z}) {
        $value = _values("$PACKAGES/$1")->{mailward_enable};
    }
    return defined $value && $value =~ /\A\s*(?:0|n|no|off|false)\s*\z/i ? 0 : 1;
}

# A living session of the account at the panel, by the token that is in its addresses.
# Returns its name and where its browser is, or an empty list.
sub session {
    my ($name, $token) = @_;
    return if !is_name($name) || token($token) eq '';
    opendir(my $folder, $SESSIONS) or return;
    for my $entry (readdir $folder) {
        next if index($entry, "$name:") != 0;
        my ($file) = $entry =~ /\A([A-Za-z0-9_.:-]{1,255})\z/ or next;
        my %found;
        $found{ $_->[0] } .= $_->[1] for _pairs("$SESSIONS/$file");
        next if !defined $found{cp_security_token} || $found{cp_security_token} ne $token;
        next if !defined $found{user} || $found{user} ne $name;
        next if $found{needs_auth};
        my $address = defined $found{ip_address} ? $found{ip_address} : '';
        return ($file, $address =~ /\A([0-9A-Fa-f:.]{1,45})\z/ ? $1 : '');
    }
    return;
}

sub _record {
    my ($name) = @_;
    return is_name($name) ? _values("$USERS/$name") : {};
}

sub _values {
    my ($path) = @_;
    my %found;
    for my $pair (_pairs($path)) {
        $found{ $pair->[0] } = $pair->[1] if !exists $found{ $pair->[0] };
    }
    return \%found;
}

# Lines KEY=VALUE of a file; none where it cannot be read. What a link leads to is not read.
sub _pairs {
    my ($path) = @_;
    sysopen(my $file, $path, Fcntl::O_RDONLY() | Fcntl::O_NOFOLLOW()) or return;
    my $text = '';
    while (sysread $file, $text, 65_536, length $text) {
        return if length $text > $LARGEST;
    }
    return map { /\A([^=\s]+)=(.*)\z/s ? [$1, $2] : () } split /\r?\n/, $text;
}

1;
