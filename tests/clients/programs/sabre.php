<?php
// Prints what sabre/vobject reads in the calendar on standard input: what its validator finds, then
// the days and the title of each event.
require "Sabre/VObject/includes.php";

$calendar = Sabre\VObject\Reader::read(file_get_contents("php://stdin"));
$found = array_map(fn($each) => $each["message"], $calendar->validate());
$shown = [];
foreach ($calendar->VEVENT as $event) {
    $days = array_map(fn($name) => $event->$name->getDateTime()->format("Y-m-d"), ["DTSTART", "DTEND"]);
    $shown[] = [...$days, (string) $event->SUMMARY];
}
echo json_encode(["found" => $found, "shown" => $shown]);
