package Mailward::Words;

# What people read when Mailward's own pages cannot say it: they are not there, or not reached. In
# UTF-8, as octets, so that it needs no module for that.

use strict;
use warnings;

my %TEXTS = (
    en => {
        notAllowed  => 'Your session may not see Mailward. Log in again, or ask your provider.',
        notIncluded => 'Your package does not include Mailward. Ask your provider.',
        badAddress  => 'There is no such page.',
        badMethod   => 'This cannot be done here.',
        incomplete  => 'What your browser sent did not arrive whole. Send it again.',
        noSecret    => 'Mailward is not set up completely. Tell your provider.',
        notRunning  => 'Mailward’s pages do not answer; logins and mails are protected all the '
            . 'same. Try again in a minute, or tell your provider.',
        noSecretRoot   => 'Mailward is not set up completely. As root: mailward doctor',
        notRunningRoot => 'Mailward’s pages do not answer; logins and mails are protected all '
            . 'the same. As root: systemctl status mailward-web mailward-customers',
        tooLarge    => 'That is more than Mailward takes at once.',
        tooSlow     => 'Mailward’s pages took too long to answer. Try again.',
    },
    de => {
        notAllowed  => 'Ihre Sitzung darf Mailward nicht sehen. Melden Sie sich neu an, oder '
            . 'fragen Sie Ihren Anbieter.',
        notIncluded => 'Mailward gehört nicht zu Ihrem Paket. Fragen Sie Ihren Anbieter.',
        badAddress  => 'Diese Seite gibt es nicht.',
        badMethod   => 'Das geht hier nicht.',
        incomplete  => 'Was Ihr Browser gesendet hat, ist nicht vollständig angekommen. Senden '
            . 'Sie es noch einmal.',
        noSecret    => 'Mailward ist nicht vollständig eingerichtet. Sagen Sie es Ihrem Anbieter.',
        notRunning  => 'Die Seiten von Mailward antworten nicht; Anmeldungen und Mails sind '
            . 'trotzdem geschützt. Versuchen Sie es in einer Minute noch einmal, oder sagen Sie '
            . 'es Ihrem Anbieter.',
        noSecretRoot   => 'Mailward ist nicht vollständig eingerichtet. Als root: mailward doctor',
        notRunningRoot => 'Die Seiten von Mailward antworten nicht; Anmeldungen und Mails sind '
            . 'trotzdem geschützt. Als root: systemctl status mailward-web mailward-customers',
        tooLarge    => 'Das ist mehr, als Mailward auf einmal annimmt.',
        tooSlow     => 'Die Seiten von Mailward haben zu lange für eine Antwort gebraucht. '
            . 'Versuchen Sie es noch einmal.',
    },
);

# The language of these texts for an Accept-Language header, or what the panel calls a visitor's: the
# first that there is.
sub language {
    my ($accepted) = @_;
    for my $wish (split /,/, defined $accepted ? $accepted : '') {
        my ($code) = $wish =~ /\A\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*(?:;.*)?\z/s or next;
        return lc $code if $TEXTS{ lc $code };
    }
    return 'en';
}

# A whole page that says one thing. It loads nothing.
#   $is_root: whether the reader can do something about it.
sub page {
    my ($word, $language, $is_root) = @_;
    my $texts = $TEXTS{$language};
    my $text  = $is_root && $texts->{"${word}Root"} || $texts->{$word};
    return <<"HTML";
<!doctype html>
<html lang="$language">
<head><meta charset="utf-8"><title>Mailward</title>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; max-width: 40rem }</style>
</head>
<body><h1>Mailward</h1><p>$text</p></body>
</html>
HTML
}

1;
