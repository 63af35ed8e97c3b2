import { size } from "../format";

/** What the page says about space on disks. */
export const storageText = {
  section: "Storage",
  note: "When a root folder runs short of space, seasons that are free to go are removed first, the longest unseen before others, and single episodes are fetched instead of season packs. What anyone still needs stays, however short the space.",
  free: (bytes: number | null, instance: string | null) =>
    [bytes === null ? "Sonarr does not say how much is free" : `${size(bytes)} free`, instance]
      .filter(Boolean)
      .join(" · "),
  short: "short of space",
  below: "Make room below",
  belowAbout: "It is short of space when less than this is free.",
  until: "Until",
  untilAbout: "It is short no longer when this much is free.",
  belowOf: (path: string) => `Make room below, for ${path}`,
  untilOf: (path: string) => `Until, for ${path}`,
  unit: "GB",
  notPositive: "More than 0 GB.",
  untilTooLow: "At least as much as it begins at.",
  none: "No Sonarr tells its root folders at present.",
} as const;
