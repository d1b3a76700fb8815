// Prints what node-ical reads in the calendar on standard input: the days and the title of each event.
import { readFileSync } from "node:fs";
import ical from "node-ical";

const day = (date) => date.toLocaleDateString("sv-SE");
const events = Object.values(ical.sync.parseICS(readFileSync(0, "utf-8")));
const shown = events
  .filter((event) => event.type === "VEVENT")
  .map((event) => [day(event.start), day(event.end), event.summary]);
console.log(JSON.stringify(shown));
