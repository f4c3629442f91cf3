package Whostmgr::ACLS;

# Who may do what in WHM, from /var/cpanel/resellers: "user:acl,acl". Nothing is true before
# init_acls.

use strict;
use warnings;

my %HELD;

sub init_acls {
    %HELD = ();
    my $user = defined $ENV{REMOTE_USER} ? $ENV{REMOTE_USER} : '';
    $HELD{all} = 1 if $user eq 'root';
    open my $file, '<', '/var/cpanel/resellers' or return;
    while (my $line = <$file>) {
        chomp $line;
        my ($name, $acls) = split /:/, $line, 2;
        next if $name ne $user;
        $HELD{$_} = 1 for split /,/, defined $acls ? $acls : '';
    }
    return;
}

sub hasroot { return $HELD{all} ? 1 : 0 }

sub checkacl {
    my ($acl) = @_;
    return $HELD{all} || $HELD{$acl} ? 1 : 0;
}

1;
