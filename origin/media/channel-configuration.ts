/**
 * How many channels each ChannelConfiguration has (ISO/IEC 23091-3, table 7; the same indices in ISO/IEC 14496-3, 1.6.3.5).
 * Up to 6 index and count agree; 0, "described elsewhere", is no index.
 */
const CHANNELS_OF: ReadonlyMap<number, number> = new Map([
  ...[1, 2, 3, 4, 5, 6].map((same) => [same, same] as const),
  // 7.1 with rear speakers before 7.1 with five in front: of one count, the first is the usual one.
  ...([
    [12, 8],
    [7, 8],
    [11, 7],
    [13, 24],
    [14, 8],
  ] as const),
]);

/** @returns undefined for an index that says nothing of the count. */
export function channelsOfConfiguration(index: number): number | undefined {
  return CHANNELS_OF.get(index);
}

/** The usual configuration of so many channels; undefined where there is none. */
export function configurationOfChannels(channels: number): number | undefined {
  return [...CHANNELS_OF].find(([, count]) => count === channels)?.[0];
}
