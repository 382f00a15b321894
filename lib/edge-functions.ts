import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  Function as CloudFrontFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  KeyValueStore,
  type FunctionAssociation,
} from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import type * as Builds from '../edge/cloudfront/build';
import type { EdgeConfig } from './deployment';
import { finished } from './finished';

type ViewerFunction = 'viewer-request' | 'viewer-response';

/** The functions of the CDN, from edge/cloudfront, and the store that they read events from. */
export class EdgeFunctions extends Construct {
  readonly keyValueStore: KeyValueStore;
  readonly associations: FunctionAssociation[];

  constructor(scope: Construct, id: string, { attachNotices = true }: Pick<EdgeConfig, 'attachNotices'>) {
    super(scope, id);
    this.keyValueStore = new KeyValueStore(this, 'Events', {
      comment: 'Headwater: schedules, versions and notices of events',
    });
    const request = this.#make('viewer-request', 'Refuses what cannot exist, sets the version');
    this.associations = [{ eventType: FunctionEventType.VIEWER_REQUEST, function: request }];
    if (!attachNotices) return;
    const response = this.#make('viewer-response', 'Attaches the newest notices');
    this.associations.push({ eventType: FunctionEventType.VIEWER_RESPONSE, function: response });
  }

  #make(name: ViewerFunction, comment: string): CloudFrontFunction {
    return new CloudFrontFunction(this, name === 'viewer-request' ? 'ViewerRequest' : 'ViewerResponse', {
      comment: `Headwater: ${comment}`,
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(codeOf(name)),
      keyValueStore: this.keyValueStore,
    });
  }
}

/** Finished where the package was installed; built at synthesis in a checkout, which alone has the bundler. */
function codeOf(name: ViewerFunction): string {
  const code = finished(`edge/${name}.js`);
  if (code !== undefined) return readFileSync(code, 'utf8');
  const load = createRequire(__filename);
  return (load('../edge/cloudfront/build') as typeof Builds).buildViewerFunction(name);
}
