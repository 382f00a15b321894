import { overloadedAnswer } from '../../http/overload';

it('who is turned away comes back after 5 s, and so does every cache', () => {
  const { status, headers } = overloadedAnswer();
  expect([status, headers['Cache-Control'], headers['Retry-After']]).toEqual([503, 'max-age=5', '5']);
});
