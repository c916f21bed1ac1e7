using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Tests.Randomness;

public sealed class Philox4x32Tests
{
    /// <summary>The known answers that the authors publish with Random123 (philox4x32, 10 rounds).</summary>
    public static TheoryData<uint[], ulong, uint[]> KnownAnswers => new()
    {
        { [0, 0, 0, 0], 0, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
        {
            [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], 0xffffffff_ffffffff,
            [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]
        },
        {
            [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0x299f31d0_a4093822,
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Generate_PublishedCounterAndKey_GivesThePublishedWords(uint[] counter, ulong key, uint[] words)
    {
        var block = Philox4x32.Generate(new PhiloxBlock(counter[0], counter[1], counter[2], counter[3]), key);

        Assert.Equal(new PhiloxBlock(words[0], words[1], words[2], words[3]), block);
    }
}
