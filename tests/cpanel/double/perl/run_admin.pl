# Runs one admin module as root, for whom the kernel says. Reads JSON, prints JSON.

use strict;
use warnings;

use lib '/usr/local/cpanel', '/var/cpanel/perl';

use JSON::PP ();

my $json  = JSON::PP->new->utf8->canonical;
my $asked = $json->decode(do { local $/ = undef; <STDIN> });
my $data  = eval {
    for my $name (@$asked{qw(namespace module function)}) {
        die "no such thing\n" if !defined $name || ref $name || $name !~ /\A[A-Za-z]\w*\z/;
    }
    my $class = "Cpanel::Admin::Modules::$asked->{namespace}::$asked->{module}";
    (my $file = "$class.pm") =~ s{::}{/}g;
    require $file;
    # Who calls here is a Perl script, never a program of cPanel's.
    die "this program must not call $class\n" if !grep { $_ eq '*' } $class->_allowed_parents();
    my $action = $asked->{function};
    die "no such action\n" if !grep { $_ eq $action } $class->_actions();
    $class->new(caller => $asked->{caller}, uid => $asked->{uid})->$action(@{ $asked->{arguments} });
};
# Whoever asks hears no more of an error than that there was one.
print $json->encode($@ ? { status => 0 } : { status => 1, data => $data });
print {*STDERR} $@ if $@;
