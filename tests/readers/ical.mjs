// Reads calendar files with ical.js, whose zones are those of the file and nothing else.
// Standard input: a JSON list of files. Standard output: for each file {uid: [start, end]}, in seconds.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const files = JSON.parse(readFileSync(0, "utf8"));
const read = files.map((text) => {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return Object.fromEntries(
    calendar.getAllSubcomponents("vevent").map((component) => {
      const event = new ICAL.Event(component);
      return [event.uid, [event.startDate.toUnixTime(), event.endDate.toUnixTime()]];
    }),
  );
});
process.stdout.write(JSON.stringify(read));
