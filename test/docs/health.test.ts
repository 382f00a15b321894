import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DEGRADED_FAULTS,
  DOWN_NUMBERS,
  HEALTH_WINDOW,
  RECOVERED_FAULTS,
  SHARE_WINDOW,
} from '../../origin/flag/health';
import { REPEATED_WINDOW } from '../../origin/flag/late-defects';
import { REVIEWER } from '../../origin/flag/finding';
import { FIRST_MASK_SEGMENTS, MASKS_MAX } from '../../origin/flag/mask-degraded';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'inspection.md'), 'utf8').replace(/\s+/g, ' ');

it.each([
  `one of the ${REPEATED_WINDOW} numbers before`,
  `what became of the last ${HEALTH_WINDOW} numbers`,
  `the newest ${DOWN_NUMBERS} numbers that are past their deadline`,
  `${DEGRADED_FAULTS} of ${SHARE_WINDOW} numbers in a row`,
  `only ${RECOVERED_FAULTS} of ${SHARE_WINDOW}`,
  `it lasts ${FIRST_MASK_SEGMENTS} numbers`,
  `\`by\` is \`${REVIEWER}\``,
])('docs/inspection.md says what the code does: %s', (sentence) => {
  expect(PAGE).toContain(sentence);
});

it('docs/inspection.md counts the masks', () => {
  expect(MASKS_MAX).toBe(10);
  expect(PAGE).toContain('ten times at most');
});
