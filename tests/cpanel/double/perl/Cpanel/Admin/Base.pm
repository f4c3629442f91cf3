package Cpanel::Admin::Base;

# What an admin module inherits: who has called it, as the kernel said, and what they may use.

use strict;
use warnings;

sub new {
    my ($class, %given) = @_;
    return bless {%given}, $class;
}

sub _actions { return () }

sub _allowed_parents { return ('/usr/local/cpanel/cpanel', '/usr/local/cpanel/uapi') }

sub get_caller_username { return $_[0]{caller} }

sub get_cpuser_uid { return $_[0]{uid} }

sub cpuser_has_feature_or_die {
    my ($self, $feature) = @_;
    my %user = _pairs("/var/cpanel/users/$self->{caller}") or die "there is no such account\n";
    my $list = defined $user{FEATURELIST} ? $user{FEATURELIST} : 'default';
    my %off  = _pairs("/var/cpanel/features/$list");
    die "the feature $feature is off\n" if defined $off{$feature} && $off{$feature} eq '0';
    return 1;
}

sub _pairs {
    my ($path) = @_;
    open my $file, '<', $path or return;
    return map { chomp; /\A([^=]+)=(.*)\z/ ? ($1, $2) : () } <$file>;
}

1;
