# What DirectAdmin's events come to, run as root: users, domains and mailboxes that come and go, and
# its own updates, make root's service look again, which reads all from DirectAdmin's own files; a
# mailbox's new password ends what came of the old one. The environment of an event holds passwords:
# nothing of it but a mailbox's name is read, and nothing is kept, logged or passed on.

use strict;
use warnings;

my $REQUESTS = '/var/lib/mailward/requests';
my $MAILWARD = '/usr/local/bin/mailward';

# Flags of open(2), so that Fcntl.pm is not needed: for writing, and only where there is nothing yet,
# not even a link.
my $NEW = 0001 | 0100 | 0200;

my $event = @ARGV ? $ARGV[0] : '';
my ($box, $domain) = map { defined $ENV{$_} ? $ENV{$_} : '' } qw(user domain);
%ENV = (PATH => '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL => 'C');

if ($event eq 'email_change_pass_post') {
    announce($box, $domain);
}
else {
    # systemd sees that the folder is no longer empty.
    sysopen my $file, "$REQUESTS/directadmin", $NEW, 0640;
}

# In a process of its own: DirectAdmin goes on at once, whatever becomes of it.
sub announce {
    my ($user, $of) = @_;
    return if $user !~ /\A[A-Za-z0-9_+.][A-Za-z0-9_+.=-]{0,63}\z/;
    return if $of !~ /\A[A-Za-z0-9][A-Za-z0-9.-]{0,252}\z/ || !-x $MAILWARD;
    my $child = fork;
    return if !defined $child || $child;
    exec {$MAILWARD} $MAILWARD, 'password-changed', '--', "$user\@$of";
    exit 0;
}
