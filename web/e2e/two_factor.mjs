// A code beside the password: the picture to scan, a wrong code, the recovery codes, switched on and off again.
import { createHmac } from 'node:crypto';
import { check } from './checks.mjs';
import { password } from './server.mjs';

/** What an authenticator shows (RFC 6238: SHA-1, six digits, 30 seconds). */
function codeOf(secret) {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const hash = createHmac('sha1', key).update(step).digest();
    const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
}

export async function twoFactor({ page, url, t, ...visit }, state) {
    const look = (what) => check({ page, ...visit }, `${state}-two-factor-${what}`);
    await page.goto(`${url}/account/`);
    const part = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: t('accounts:two_factor.title') }) });
    const press = (key) => part.getByRole('button', { name: t(key), exact: true }).click();
    const secretField = part.getByRole('textbox', { name: t('accounts:account.current_password') });
    const codeField = part.getByRole('textbox', { name: t('accounts:two_factor.code'), exact: true });
    await secretField.fill(password);
    await press('accounts:two_factor.begin');
    await codeField.fill('000000');
    await press('accounts:two_factor.confirm');
    await part.getByRole('alert').waitFor();
    await look('scan');
    const secret = (await part.locator('code').innerText()).replace(/\s/g, '');
    await codeField.fill(codeOf(secret));
    await press('accounts:two_factor.confirm');
    const codes = part.getByRole('status').locator('code');
    await codes.first().waitFor();
    await look('codes');
    const recovery = await codes.first().innerText();
    await press('accounts:two_factor.codes_kept');
    await secretField.fill(password);
    await codeField.fill(recovery);
    await look('on');
    await press('accounts:two_factor.end');
    await part.getByRole('button', { name: t('accounts:two_factor.begin'), exact: true }).waitFor();
}
