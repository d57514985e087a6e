import type { Application, User } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { describe, expect, test } from 'vitest';
import { currentStep, doneSteps, type Existing, linkReach, nextStep } from './first-run.ts';

const application = {} as Application;
const client = {} as RadiusClient;
const user = (devices: number) => ({ device_count: devices }) as User;
const at = (existing: Partial<Existing>, wished?: string) =>
  currentStep(doneSteps({ hasLogin: false, ...existing }), wished);

describe('how far a new server is', () => {
  test('the first step that is not done', () => {
    expect(at({})).toBe('application');
    expect(at({ application })).toBe('client');
    expect(at({ application, client })).toBe('user');
    expect(at({ application, client, user: user(0) })).toBe('phone');
    expect(at({ application, client, user: user(1) })).toBe('login');
    expect(at({ application, client, user: user(1), hasLogin: true })).toBe('login');
  });

  test('another one where there is what it builds on', () => {
    expect(at({ application }, 'user')).toBe('user');
    expect(at({ application }, 'phone')).toBe('client');
    expect(at({ application }, 'login')).toBe('client');
    expect(at({ application, client }, 'login')).toBe('login');
    expect(at({ application, client, user: user(0) }, 'application')).toBe('application');
    expect(at({}, 'nonsense')).toBe('application');
  });

  test('going on, or skipping', () => {
    const done = doneSteps({ application, hasLogin: false });
    expect(nextStep('application', done)).toBe('client');
    expect(nextStep('client', done)).toBe('user');
    expect(nextStep('user', done)).toBeUndefined();
    expect(nextStep('user', doneSteps({ application, client, hasLogin: false }))).toBe('login');
    expect(nextStep('phone', doneSteps({ application, client, user: user(0), hasLogin: false }))).toBe(
      'login',
    );
  });
});

test.each([
  ['https://mfa.example.org/onboard#x', 'anywhere'],
  ['http://localhost:8080/onboard#x', 'this_machine'],
  ['http://127.0.0.1:8080/onboard#x', 'this_machine'],
  ['http://[::1]:8080/onboard#x', 'this_machine'],
  ['http://192.0.2.5:8080/onboard#x', 'nowhere'],
])('%s opens %s', (link, reach) => {
  expect(linkReach(link)).toBe(reach);
});
