import { randomInt } from 'node:crypto';
import type { Random } from '../origin/ports/random';

const STEPS = 2 ** 32;

/** The machine's randomness: the one place that asks for fractions of it. */
export const systemRandom: Random = () => randomInt(STEPS) / STEPS;
