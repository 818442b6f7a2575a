// Read a calendar on standard input as the named library does; print the start, the end and the further times of
// each event in order, in seconds since 1970.
'use strict';

const programs = {
  'ical.js': (text) => {
    const ICAL = require('ical.js');
    const calendar = new ICAL.Component(ICAL.parse(text));
    // As its manual says: a zone counts once it is registered.
    for (const zone of calendar.getAllSubcomponents('vtimezone')) {
      ICAL.TimezoneService.register(new ICAL.Timezone(zone));
    }
    return calendar.getAllSubcomponents('vevent').flatMap((event) =>
      ['dtstart', 'dtend', 'rdate'].flatMap((name) =>
        event.getAllProperties(name).flatMap((property) =>
          property.getValues().map((time) => time.toUnixTime()))));
  },
  'node-ical': (text) =>
    Object.values(require('node-ical').sync.parseICS(text))
      .filter((entry) => entry.type === 'VEVENT')
      .flatMap((event) => [event.start, event.end].map((time) => time.getTime() / 1000)),
};

const text = require('node:fs').readFileSync(0, 'utf8');
process.stdout.write(JSON.stringify(programs[process.argv[2]](text)));
