import { expect, it } from "vitest";
import { ago, counted, dayLabel, dayOf, playTime, positionLabel, size, untilLabel } from "../src/format";

const now = new Date(2026, 2, 4, 20, 0).getTime();
const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString();

it("says how long ago something was", () => {
  expect(ago(at(2026, 2, 4, 19, 59), now)).toBe("1 min ago");
  expect(ago(at(2026, 2, 4, 20, 0), now)).toBe("just now");
  expect(ago(at(2026, 2, 4, 9, 0), now)).toBe("11 h ago");
  expect(ago(at(2026, 2, 3, 23, 0), now)).toBe("yesterday");
  expect(ago(at(2026, 1, 27, 12, 0), now)).toBe("5 days ago");
  expect(ago(at(2025, 10, 2, 12, 0), now)).toBe("2 Nov 2025");
});

it("names days and times like people do", () => {
  expect(dayLabel(dayOf(at(2026, 2, 4, 1, 0)), now)).toBe("Today");
  expect(dayLabel(dayOf(at(2026, 2, 3, 1, 0)), now)).toBe("Yesterday");
  expect(dayLabel(dayOf(at(2026, 2, 1, 1, 0)), now)).toBe("Sunday, 1 Mar");
  expect(untilLabel(at(2026, 2, 4, 21, 5), now)).toBe("21:05");
  expect(untilLabel(at(2026, 2, 5, 6, 0), now)).toBe("tomorrow, 06:00");
});

it("writes sizes, lengths, positions and counts", () => {
  expect([0, 999, 1500, 12_000_000_000].map(size)).toEqual(["0 B", "999 B", "1.5 kB", "12.0 GB"]);
  expect([5000, 3_725_000].map(playTime)).toEqual(["0:05", "1:02:05"]);
  expect(positionLabel(2, 8)).toBe("S02E08");
  expect(positionLabel(2, null)).toBe("Season 2");
  expect([counted(1, "file"), counted(1200, "search", "searches")]).toEqual(["1 file", "1,200 searches"]);
});
