package Cpanel::Config::ConfigObj::Driver::Mailward::META;

# What cPanel wants to know of the driver beside this file before it loads it.

use strict;
use warnings;

our $VERSION = '1.0';

sub spec_version    { return 1 }
sub meta_version    { return 1 }
sub get_driver_name { return 'Mailward_driver' }

sub content {
    return {
        vendor => 'Mailward',
        url    => '',
        name   => {
            short  => 'Mailward',
            long   => 'Mailward',
            driver => get_driver_name(),
        },
        since    => '',
        abstract => 'Who may log in to mail, from where, and how much they may send.',
        version  => $VERSION,
    };
}

sub showcase { return }

1;
