// Prints what ical.js reads in the calendar on standard input: the days and the title of each event.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const day = (time) => time.toJSDate().toLocaleDateString("sv-SE");
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
const shown = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return [day(event.startDate), day(event.endDate), event.summary];
});
console.log(JSON.stringify(shown));
