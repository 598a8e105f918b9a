import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { check, checkDefinitions } from './schema.js';
import { parseDefinition, parseTemplate } from './template.js';

const jsonata = createRequire(import.meta.url)('jsonata');

const textOf = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const template = parseTemplate(textOf('template.yaml'));

test('the template is as the published schemas say', () => {
  assert.deepEqual(check(template), []);
});

test('so is the budget', () => {
  assert.deepEqual(check(parseTemplate(textOf('budget.yaml'))), []);
});

test('the definitions of its state machines are valid', () => {
  assert.deepEqual(checkDefinitions(template, textOf), []);
});

const QUEUE = `
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: 60
`;

/** Each is wrong in one way, and that is all that is told. */
const WRONG = {
  'an unknown property': [QUEUE.replace('MessageRetentionPeriod', 'MessageRetention'), /unknown property MessageRet/],
  'a type that is not the property\'s': [QUEUE.replace('60', 'long'), /must be a whole number: "long"/],
  'an unknown type': [QUEUE.replace('SQS::Queue', 'SQS::Que'), /no such type: AWS::SQS::Que/],
  'an unknown attribute of a resource': [QUEUE.replace('Properties', 'Property'), /unknown: Property/],
  'a wrong deletion policy': [QUEUE.replace('Type:', 'DeletionPolicy: Keep\n    Type:'), /must be one of Delete/],
  'a wrong outcome of a condition': [QUEUE.replace('60', '!If [Long, 60, long]'), /must be a whole number: "long"/],
  'an attribute that is read and does not exist': [
    `${QUEUE}Outputs:\n  Url:\n    Value: !GetAtt Queue.Url\n`, /no attribute Url/],
  'the same within a text': [`${QUEUE}Outputs:\n  Url:\n    Value: !Sub 'at \${Queue.Url}'\n`, /no attribute Url/],
  'a required property that is missing': [
    'Resources: {Role: {Type: AWS::IAM::Role, Properties: {Path: /x/}}}',
    /required property AssumeRolePolicyDocument is missing/],
  'a value that is not allowed': [
    'Resources: {Bucket: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: On}}}}',
    /must be one of Enabled, Suspended: "On"/],
  'an unknown property deep within': [
    'Resources: {Bucket: {Type: AWS::S3::Bucket, Properties: {LifecycleConfiguration: {Rules: [' +
      '{Status: Enabled, ExpireInDays: 3}]}}}}', /Rules\[0]: unknown property ExpireInDays/],
  'an unknown property of a SAM function': [
    'Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: x, Memory: 128}}}',
    /unknown property Memory/],
  'one that SAM does not pass on': [
    'Resources: {F: {Type: AWS::Serverless::Function, Properties: {Code: x.jar}}}', /unknown property Code/],
  'one within what SAM passes on': [
    'Resources: {F: {Type: AWS::Serverless::Function, Properties: {SnapStart: {ApplyTo: PublishedVersions}}}}',
    /unknown property ApplyTo/],
  'one of all functions': ['Globals: {Function: {Runtim: java25}}\nResources: {}', /unknown property Runtim/],
  'one of an event of a SAM function': [
    'Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {Daily: {Type: ScheduleV2, Properties: ' +
      '{ScheduleExpression: rate(1 day), TimeZone: UTC}}}}}}', /Daily\.Properties: unknown property TimeZone/],
  'one of an event as the schema has it': [
    'Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {Put: {Type: S3, Properties: ' +
      '{Bucket: x, Event: y}}}}}}', /unknown property Event/],
};

for (const [what, [wrong, problem]] of Object.entries(WRONG)) {
  test(`found: ${what}`, () => {
    const problems = check(parseTemplate(wrong));
    assert.ok(problems.some((found) => problem.test(found)), problems.join('\n'));
  });
}

test('nothing is found where the same is right', () => {
  assert.deepEqual(check(parseTemplate(QUEUE)), []);
});

test('found: a definition with a state that is not there, or an expression that is none', () => {
  for (const [right, wrong] of [['Next: CollectYear', 'Next: CollectYears'], ['$count($left) > 0', '$count($left > 0']]) {
    assert.notDeepEqual(checkDefinitions(template, (path) => {
      assert.ok(textOf(path).includes(right));
      return textOf(path).replace(right, wrong);
    }), []);
  }
});

/** The version of JSONata that Step Functions says it has; the Java tests evaluate with a port of it. */
test('the reference implementation reads inputs as the tests in Java expect', async () => {
  const { Properties } = template.Resources.Backfill;
  const { States } = parseDefinition(template, Properties, textOf(Properties.DefinitionUri));
  const expression = jsonata(States.ReadInput.Output.slice(2, -2));
  const read = (input) => expression.evaluate(null, {
    states: { input, context: { Execution: { StartTime: '2026-11-22T12:00:00.000Z' } } },
  });

  const all = await read({ from: '2010-01-01', to: '2025-12-31' });
  assert.equal(all.problem, '');
  assert.equal(all.days.length, 5844);
  assert.deepEqual([all.days[0], all.days[2132], all.days[5843]], ['2025-12-31', '2020-02-29', '2010-01-01']);
  assert.deepEqual((await read({ from: '2019-07-01', to: '2019-07-01' })).days, ['2019-07-01']);
  assert.deepEqual((await read({ dates: ['2019-07-01', '2020-01-01', '2019-07-01'] })).days,
    ['2020-01-01', '2019-07-01']);
  assert.deepEqual((await read({ dates: ['2019-07-01'] })).days, ['2019-07-01']);
  for (const wrong of [{}, [], { from: '2019-01-01' }, { from: '2019-02-29', to: '2019-03-01' }, { dates: [] },
    { dates: 'x' }, { dates: ['x'] }, { from: '2009-12-31', to: '2010-01-01' }, { from: 1, to: 2 },
    { from: '2019-01-02', to: '2019-01-01' }, { from: '2026-01-01', to: '2026-11-23' }]) {
    const { problem, days } = await read(wrong);
    assert.match(problem, / must /, JSON.stringify(wrong));
    assert.deepEqual(days, []);
  }
});
