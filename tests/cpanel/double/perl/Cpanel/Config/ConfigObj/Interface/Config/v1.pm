package Cpanel::Config::ConfigObj::Interface::Config::v1;

# What drivers of privileges inherit.

use strict;
use warnings;

sub base {
    my ($class, $defaults, $software) = @_;
    return bless { %$defaults, software => $software }, $class;
}

1;
