import { createRequire } from 'node:module';
import { isIntrinsic, parseDefinition } from './template.js';
import {
  SAM_ADDS, SAM_DOES_NOT_REQUIRE, SAM_EVENTS, SAM_MAKES, SAM_NEWER_EVENTS, SAM_PASSES_ON,
} from './sam.js';

const require = createRequire(import.meta.url);
const { loadAwsServiceSpec } = require('@aws-cdk/aws-service-spec');
const validate = require('asl-validator');
const database = await loadAwsServiceSpec();

const RESOURCE_ATTRIBUTES = [
  'Type', 'Properties', 'DependsOn', 'Condition', 'Metadata', 'DeletionPolicy', 'UpdateReplacePolicy',
  'CreationPolicy', 'UpdatePolicy',
];
const PARAMETER_ATTRIBUTES = [
  'Type', 'Default', 'AllowedPattern', 'AllowedValues', 'ConstraintDescription', 'Description', 'MaxLength',
  'MaxValue', 'MinLength', 'MinValue', 'NoEcho',
];
const SECTIONS = [
  'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Transform',
  'Resources', 'Outputs', 'Globals',
];
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];

/**
 * Holds a template against the published schemas: each property's name, type, and allowed values, what is required, and
 * each attribute that is read. Returns what is wrong, one text each.
 */
export function check(template) {
  const problems = [];
  const report = (path, problem) => problems.push(`${path}: ${problem}`);
  known(template, SECTIONS, 'template', report);
  for (const [id, parameter] of Object.entries(template.Parameters ?? {})) {
    known(parameter, PARAMETER_ATTRIBUTES, `Parameters.${id}`, report);
  }
  for (const [id, output] of Object.entries(template.Outputs ?? {})) {
    known(output, ['Value', 'Description', 'Export', 'Condition'], `Outputs.${id}`, report);
  }
  for (const [kind, defaults] of Object.entries(template.Globals ?? {})) {
    const type = `AWS::Serverless::${kind}`;
    if (resource(type)) {
      checkProperties(defaults, declared(type), `Globals.${kind}`, report, { complete: false });
    } else {
      report(`Globals.${kind}`, 'no such type');
    }
  }
  for (const [id, part] of Object.entries(template.Resources ?? {})) {
    checkResource(template, `Resources.${id}`, part, report);
  }
  checkAttributes(template, template, 'template', report);
  return problems;
}

/** What is wrong with the definitions of a template's state machines, one text each; `textOf` gives a file's text. */
export function checkDefinitions(template, textOf) {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Serverless::StateMachine')
    .flatMap(({ Properties }) =>
      validate(parseDefinition(template, Properties, textOf(Properties.DefinitionUri))).errors
        .map((error) => `${Properties.DefinitionUri}: ${error['Error code']}: ${error.Message}`));
}

function resource(type) {
  return database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

/** A resource's properties by name, each with all the types that it may have. */
function declared(type) {
  const properties = propertiesOf(resource(type));
  for (const [name, target] of Object.entries(SAM_PASSES_ON[type] ?? {})) {
    properties[name] ??= { types: typesOf(resource(target).properties[name]) };
  }
  for (const [name, added] of Object.entries(SAM_ADDS[type] ?? {})) {
    properties[name] ??= { types: [added] };
  }
  return properties;
}

function propertiesOf(definition) {
  return Object.fromEntries(Object.entries(definition.properties).map(([name, property]) => [name, {
    types: typesOf(property),
    required: property.required && !SAM_DOES_NOT_REQUIRE[definition.name]?.includes(name),
  }]));
}

function typesOf(property) {
  return [property.type, ...(property.previousTypes ?? [])];
}

function checkResource(template, path, part, report) {
  known(part, RESOURCE_ATTRIBUTES, path, report);
  for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy']) {
    if (policy in part && !POLICIES.includes(part[policy])) {
      report(`${path}.${policy}`, `must be one of ${POLICIES.join(', ')}: ${part[policy]}`);
    }
  }
  if (!resource(part.Type)) {
    report(path, `no such type: ${part.Type}`);
    return;
  }
  const kind = part.Type.replace('AWS::Serverless::', '');
  const properties = { ...template.Globals?.[kind === part.Type ? '' : kind], ...part.Properties };
  checkProperties(properties, declared(part.Type), `${path}.Properties`, report, { complete: true });
}

function checkProperties(values, properties, path, report, { complete }) {
  for (const [name, value] of Object.entries(values)) {
    if (!properties[name]) {
      report(path, `unknown property ${name}`);
    } else {
      const problems = problemsWith(value, properties[name].types, `${path}.${name}`);
      problems.forEach((problem) => report(...problem));
    }
  }
  for (const [name, property] of complete ? Object.entries(properties) : []) {
    if (property.required && !(name in values)) {
      report(path, `required property ${name} is missing`);
    }
  }
}

/** What is wrong with a value by the type that it comes nearest to: empty if it has one of the types. */
function problemsWith(value, types, path) {
  if (isIntrinsic(value)) {
    // Of a condition, both outcomes; of anything else nothing is known.
    return (value['Fn::If']?.slice(1) ?? []).flatMap((outcome, i) => problemsWith(outcome, types, `${path}[${i}]`));
  }
  let best;
  for (const type of types.flatMap((t) => (t.type === 'union' ? t.types : [t]))) {
    const problems = [];
    checkValue(value, type, path, (...problem) => problems.push(problem));
    if (problems.length === 0) return [];
    best = !best || depth(problems) > depth(best) ? problems : best;
  }
  return best;
}

/** How deep in the template the first problem is: the deeper, the more of the type did fit. */
function depth(problems) {
  return problems[0][0].length - problems.length / 1000;
}

function checkValue(value, type, path, report) {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  const expected = (fits, what) => fits || report(path, `must be ${what}: ${JSON.stringify(value)}`);
  switch (type.type) {
    case 'string':
      // CloudFormation turns numbers and truth values into text.
      if (expected(['string', 'number', 'boolean'].includes(typeof value), 'text') && type.allowedValues) {
        expected(type.allowedValues.includes(String(value)), `one of ${type.allowedValues.join(', ')}`);
      }
      break;
    case 'integer':
      expected(/^-?[0-9]+$/.test(String(value)), 'a whole number');
      break;
    case 'number':
      expected(/^-?[0-9.]+(e-?[0-9]+)?$/i.test(String(value)), 'a number');
      break;
    case 'boolean':
      expected(['true', 'false'].includes(String(value)), 'true or false');
      break;
    case 'json':
      expected(typeof value === 'object' || typeof value === 'string', 'JSON');
      break;
    case 'tag':
      expected(isObject && 'Key' in value && 'Value' in value, 'a tag');
      break;
    case 'array':
      if (expected(Array.isArray(value), 'a list')) {
        value.forEach((element, i) => problemsWith(element, [type.element], `${path}[${i}]`)
          .forEach((problem) => report(...problem)));
      }
      break;
    case 'map':
      if (expected(isObject, 'an object')) {
        Object.entries(value).forEach(([key, element]) => problemsWith(element, [type.element], `${path}.${key}`)
          .forEach((problem) => report(...problem)));
      }
      break;
    case 'ref':
      if (expected(isObject, 'an object')) {
        checkObject(value, database.get('typeDefinition', type.reference.$ref), path, report);
      }
      break;
    default:
      throw new Error(`a kind of type not known here: ${type.type}`);
  }
}

function checkObject(value, definition, path, report) {
  const isEvent = definition.name === 'EventSource' && typeof value.Type === 'string';
  if (isEvent && SAM_NEWER_EVENTS[value.Type]) {
    checkProperties(value.Properties ?? {}, newerEvent(SAM_NEWER_EVENTS[value.Type]), `${path}.Properties`, report,
      { complete: true });
    return;
  }
  const properties = propertiesOf(definition);
  if (isEvent && SAM_EVENTS[value.Type]) {
    // The schema says only that an event's properties are those of any event.
    properties.Properties.types = definition.properties.Properties.type.types
      .filter((type) => database.get('typeDefinition', type.reference.$ref).name === SAM_EVENTS[value.Type]);
  }
  checkProperties(value, properties, path, report, { complete: true });
}

function newerEvent({ passesOn, adds, required }) {
  const properties = Object.fromEntries(Object.entries(adds).map(([name, type]) => [name, { types: [type] }]));
  for (const [target, names] of Object.entries(passesOn)) {
    const [type, nested] = target.split(' ');
    const definition = nested
      ? database.get('typeDefinition', resource(type).properties[nested].type.reference.$ref)
      : resource(type);
    names.forEach((name) => { properties[name] = { types: typesOf(definition.properties[name]) }; });
  }
  required.forEach((name) => { properties[name].required = true; });
  return properties;
}

/** Each attribute of a resource that is read must be one that its type has. */
function checkAttributes(template, part, path, report) {
  if (part === null || typeof part !== 'object') return;
  const read = [];
  if ('Fn::GetAtt' in part) {
    read.push([part['Fn::GetAtt']].flat().join('.'));
  }
  if (typeof part['Fn::Sub'] === 'string') {
    read.push(...[...part['Fn::Sub'].matchAll(/\$\{([A-Za-z0-9]+\.[^}]+)}/g)].map((match) => match[1]));
  }
  for (const text of read) {
    const [id, ...attribute] = text.split('.');
    const type = template.Resources?.[id]?.Type;
    const attributes = resource(SAM_MAKES[type] ?? type)?.attributes ?? {};
    if (!(attribute.join('.') in attributes)) {
      report(path, `${id} (${type}) has no attribute ${attribute.join('.')}`);
    }
  }
  for (const [key, value] of Object.entries(part)) {
    checkAttributes(template, value, `${path}.${key}`, report);
  }
}

function known(part, names, path, report) {
  Object.keys(part).filter((name) => !names.includes(name)).forEach((name) => report(path, `unknown: ${name}`));
}
