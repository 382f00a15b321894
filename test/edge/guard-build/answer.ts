import { handler } from './handler';

/** The same under the name that njs is built for. */
export function answer(questions: string): string {
  return handler(questions);
}
