/** Chance is an argument, as time is: a fraction from 0 up to, but without, 1. */
export type Random = () => number;
