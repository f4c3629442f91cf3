<?php
$messages = [
    'title' => 'Mailward',
    'description' => 'Wer sich von wo bei der Mail anmelden und wie viel er senden darf.',
    'permission' => 'Mailward',
    'permissionDescription' => 'Kunden sehen die Seiten von Mailward und legen Regeln für ihre eigenen '
        . 'Domains fest. Der Schutz des Servers hängt nicht davon ab.',
    'blockedTitle' => 'Mailward: ein Postfach darf nicht mehr senden',
    'blockedSubject' => 'Mailward: <account> darf bis <until> nicht senden',
    'blockedMessage' => "Das Postfach <account> darf seit <since> nicht mehr senden.\n\n<why>\n\n"
        . 'Ab <until> darf es wieder. Früher freigeben: Mailward, Sendegrenzen.',
    'notAllowed' => 'Mailward gehört nicht zu Ihrem Servicepaket. Fragen Sie Ihren Anbieter.',
    'badAddress' => 'Diese Seite gibt es nicht.',
    'badMethod' => 'Das geht hier nicht.',
    'noSecret' => 'Mailward ist nicht vollständig eingerichtet. Als root: mailward doctor',
    'noUploads' => 'Auf diesem Weg werden keine Dateien gesendet. Öffnen Sie die Seite noch einmal und '
        . 'wählen Sie die Datei dort.',
    'notRunning' => 'Die Seiten von Mailward antworten nicht; Anmeldungen und Mails sind trotzdem '
        . 'geschützt. Als root: systemctl status mailward-web',
    'tooLarge' => 'Das ist mehr, als Mailward auf einmal annimmt.',
    'tooSlow' => 'Die Seiten von Mailward haben zu lange für eine Antwort gebraucht. Versuchen Sie es '
        . 'noch einmal.',
];
