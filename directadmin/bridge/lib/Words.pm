package Words;

# What is said where Mailward's pages themselves cannot be asked, in the languages that they know.

use strict;
use warnings;

my %TEXTS = (
    en => {
        badAddress => ['There is no such page', 'The address is too long.'],
        badMethod  => ['That did not work', 'Open the page from the menu of DirectAdmin.'],
        incomplete => ['That did not work', 'The form did not arrive whole. Send it once more.'],
        notRunning => [
            'Mailward\'s pages do not answer',
            'Mail and logins are guarded as before, or go on unguarded; nothing was changed. '
                . 'Whoever runs this server: systemctl status mailward-web mailward-customers',
        ],
        tooLarge => ['That is too much at once', 'Send it in smaller parts.'],
        tooSlow  => ['That takes too long', 'Try again in a moment.'],
    },
    de => {
        badAddress => ['Diese Seite gibt es nicht', 'Die Adresse ist zu lang.'],
        badMethod  => ['Das ging nicht', 'Öffnen Sie die Seite aus dem Menü von DirectAdmin.'],
        incomplete => [
            'Das ging nicht', 'Das Formular kam nicht vollständig an. Senden Sie es noch einmal.',
        ],
        notRunning => [
            'Die Seiten von Mailward antworten nicht',
            'Post und Anmeldungen werden bewacht wie zuvor oder gehen unbewacht weiter; geändert '
                . 'wurde nichts. Wer den Server betreut: systemctl status mailward-web '
                . 'mailward-customers',
        ],
        tooLarge => ['Das ist zu viel auf einmal', 'Senden Sie es in kleineren Teilen.'],
        tooSlow  => ['Das dauert zu lange', 'Versuchen Sie es gleich noch einmal.'],
    },
);

# A page with one of the texts.
sub page {
    my ($word, $language) = @_;
    my $short = lc substr $language, 0, 2;
    my $known = exists $TEXTS{$short} ? $short : 'en';
    my ($title, $text) = map { s/&/&amp;/gr =~ s/</&lt;/gr } @{ $TEXTS{$known}{$word} };
    return <<"HTML";
<!doctype html>
<html lang="$known"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em">
<h1 style="font-size: 1.4em">$title</h1><p>$text</p></body></html>
HTML
}

1;
