package Cpanel::Admin::Modules::Mailward::Pages;

# Root's word for a customer's page: who calls, as the kernel told cPanel, and nobody else. cPanel
# runs it as root for any program of an account, also for one that is no page of the panel's; so it
# signs for the caller alone, as a customer, and only while that account has a session at the panel.

use strict;
use warnings;

use lib '/var/cpanel/perl';

use parent 'Cpanel::Admin::Base';

use Mailward::Account ();
use Mailward::Seal    ();

my $FEATURE = 'mailward';
my $PAGE    = '/frontend/jupiter/mailward/page.cgi';

sub _actions { return ('SIGN') }

# cPanel lets only programs of its own call a module that does not say otherwise, and a Perl script is
# to it what every Perl script is. Nothing here depends on which program calls.
sub _allowed_parents { return '*' }

# Sign one request.
#   $asked: method, target and digest of the request (docs/bridge.md of Mailward), and the token of
#   the session that is in its address.
# Returns { viewer, signature }, or { refused } with a text's name.
sub SIGN {
    my ($self, $asked) = @_;
    my $login = $self->get_caller_username();
    return { refused => 'notAllowed' } if !Mailward::Account::is_name($login) || $login eq 'root';
    return { refused => 'badAddress' } if !_is_asked_well($asked);
    my ($session, $address) = Mailward::Account::session($login, $asked->{token});
    return { refused => 'notAllowed' } if !defined $session;
    my $allowed = eval { $self->cpuser_has_feature_or_die($FEATURE); 1 };
    return { refused => 'notIncluded' } if !$allowed || !Mailward::Account::is_included($login);
    my $claim = {
        role      => 'customer',
        login     => $login,
        session   => Mailward::Seal::session("cpanel:$session"),
        prefix    => "$asked->{token}$PAGE",
        layout    => 'frame',
        parameter => 'r',
        language  => Mailward::Account::language($login),
        zone      => '',
        address   => $address,
    };
    my ($viewer, $signature) = Mailward::Seal::headers($claim, @$asked{qw(method target digest)});
    return { refused => 'noSecret' } if !defined $viewer;
    return { viewer => $viewer, signature => $signature };
}

sub _is_asked_well {
    my ($asked) = @_;
    return 0 if ref $asked ne 'HASH';
    my %pattern = (
        method => qr/\A(?:GET|HEAD|POST)\z/,
        target => qr{\A/\?[\x21-\x7e]{1,8000}\z},
        digest => qr/\A[0-9a-f]{64}\z/,
        token  => qr{\A/cpsess[0-9]{1,20}\z},
    );
    for my $name (keys %pattern) {
        my $value = $asked->{$name};
        return 0 if !defined $value || ref $value || $value !~ $pattern{$name};
    }
    return 1;
}

1;
