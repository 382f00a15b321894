import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../cli/cli-error';
import { controlPlace } from '../../cli/control-place';
import { parseBaseUrl } from '../../cli/option-parsers';
import { temporaryDirectory } from '../support/temporary-directory';

describe('which deployment is meant', () => {
  const checkout = () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, '.headwater'));
    writeFileSync(join(directory, '.headwater', 'control-token'), 'kept\n');
    return directory;
  };
  const place = (control: string | undefined, directory: string) => {
    const { url, token } = controlPlace(
      control === undefined ? {} : { control: new URL(control) },
      directory,
    );
    return [url.href, token];
  };

  afterEach(() => delete process.env['HEADWATER_CONTROL_TOKEN']);

  it('the embedded run of the working directory, where nothing is said', () => {
    expect(place(undefined, checkout())).toEqual(['http://127.0.0.1:8080/', 'kept']);
  });

  it('the one that is named; the kept token goes to this machine alone', () => {
    const directory = checkout();
    expect(place('http://localhost:9', directory)).toEqual(['http://localhost:9/', 'kept']);
    expect(place('http://[::1]:9', directory)).toEqual(['http://[::1]:9/', 'kept']);
    for (const elsewhere of ['https://control.example', 'http://127.0.0.1.example', 'http://10.0.0.1'])
      expect(() => place(elsewhere, directory)).toThrow('set HEADWATER_CONTROL_TOKEN');
  });

  it('a token of the environment comes before the kept one', () => {
    process.env['HEADWATER_CONTROL_TOKEN'] = 'given';
    expect(place(undefined, checkout())).toEqual(['http://127.0.0.1:8080/', 'given']);
  });

  it('none: the error says how to name one, and that the usage was wrong', () => {
    const ask = () => place(undefined, temporaryDirectory());
    expect(ask).toThrow('--control URL or HEADWATER_CONTROL');
    expect(ask).toThrow(expect.objectContaining({ exitCode: EXIT.usage }) as Error);
  });
});

it.each([
  [
    'https://abc.execute-api.eu-west-1.amazonaws.com/live',
    'https://abc.execute-api.eu-west-1.amazonaws.com/',
  ],
  ['https://abc.example/control/', 'https://abc.example/'],
  ['https://proxy.example/origin', 'https://proxy.example/origin'],
  ['http://127.0.0.1:8081', 'http://127.0.0.1:8081/'],
])('a base URL may end where the paths of the contract begin: %s', (given, base) => {
  expect(parseBaseUrl(given).href).toBe(base);
});
