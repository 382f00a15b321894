import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import deployment from '../headwater.config';
import { addStacks } from '../lib/headwater-app';

const app = new App();
addStacks(app, deployment, process.env['CDK_DEFAULT_ACCOUNT'], Date.now());
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
