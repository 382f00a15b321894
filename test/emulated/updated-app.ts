import { App } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import deployment from '../../headwater.config';
import { addStacks } from '../../lib/headwater-app';

/** The deployment after a change that replaces the configuration of every function. */
const app = new App();
addStacks(app, deployment, process.env['CDK_DEFAULT_ACCOUNT']);
for (const construct of app.node.findAll())
  if (construct instanceof CfnFunction) construct.memorySize = (construct.memorySize ?? 128) + 64;
