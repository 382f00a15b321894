import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { variable } from '../../../lambdas/environment';
import { ServeFunction } from '../../../lib/serve-function';
import { ServeStack } from '../../../lib/serve-stack';
import { EDGE_DIGEST, SERVE_ACCOUNT, TABLE_BRIDGES, TWO_ACCOUNTS } from './accounts';

/** Serve of every region in an account of its own, beside a deployment that is there already. */
const bridges = JSON.parse(variable(process.env, TABLE_BRIDGES)) as Record<string, string>;
const app = new App();
for (const region of TWO_ACCOUNTS.regions) {
  const stack = new ServeStack(app, `${TWO_ACCOUNTS.name}-serve-${region}`, {
    env: { account: SERVE_ACCOUNT, region },
    synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer,
    deployment: TWO_ACCOUNTS,
    edgeCredentialDigests: variable(process.env, EDGE_DIGEST),
    emulated: true,
  });
  for (const construct of stack.node.findAll())
    if (construct instanceof ServeFunction)
      construct.addEnvironment('AWS_ENDPOINT_URL_DYNAMODB', bridges[region] ?? '');
}
