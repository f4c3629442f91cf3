#!/usr/local/cpanel/3rdparty/bin/perl
# Carries a customer's request to Mailward's pages. It runs as the account, so it cannot vouch for
# anything: root's admin module signs for the account that calls it, and the pages ask the kernel
# whose process has sent the request.

use strict;
use warnings;

use lib '/usr/local/cpanel', '/usr/local/cpanel/base/frontend/jupiter/mailward';

use Mailward::Request ();

my $SOCKET = '/run/mailward-customers/web.sock';

Mailward::Request::carry(
    $SOCKET,
    sub {
        my ($method, $target, $digest) = @_;
        my $answer = eval {
            require Cpanel::AdminBin::Call;
            Cpanel::AdminBin::Call::call(
                'Mailward', 'Pages', 'SIGN',
                {
                    method => $method,
                    target => $target,
                    digest => $digest,
                    token  => defined $ENV{cp_security_token} ? $ENV{cp_security_token} : '',
                },
            );
        };
        return ('', 'noSecret') if ref $answer ne 'HASH';
        return ('', $answer->{refused}) if defined $answer->{refused};
        return ($answer->{viewer}, $answer->{signature});
    }
);
