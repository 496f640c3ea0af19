test("it", () => expect(process.env.TEST_ONLY).toBe("1"));
