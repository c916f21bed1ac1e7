using ClusterTrain.Training.Server;

namespace ClusterTrain.Training.Tests.Server;

public sealed class KeyedHeapTests
{
    private const int Slots = 40;

    [Fact]
    public void Set_Remove_AnyOrder_KeepsTheLeastAndTheLeastButOneAtHand()
    {
        var (random, heap, keys) = (new Random(1), new KeyedHeap(), new Dictionary<int, long>());
        for (var i = 0; i < 5000; i++)
        {
            var slot = random.Next(Slots);
            if (random.Next(3) == 0)
            {
                heap.Remove(slot);
                keys.Remove(slot);
            }
            else
            {
                heap.Set(slot, keys[slot] = random.Next(100));
            }

            Assert.Equal(keys.Count, heap.Count);
            if (keys.Count == 0) continue;
            Assert.Equal(keys.Values.Min(), heap.TopKey);
            Assert.Equal(keys[heap.Top], heap.TopKey);
            Assert.Equal(keys.Where(key => key.Key != slot).Select(key => (long?)key.Value).Min(), heap.LeastBut(slot));
        }
    }

    [Fact]
    public void Median_SlotsComeChangeAndGo_IsTheLowerMiddleOfWhatIsThere()
    {
        var (random, median, keys) = (new Random(2), new KeyedMedian(), new Dictionary<int, long>());
        for (var i = 0; i < 5000; i++)
        {
            var slot = random.Next(Slots);
            if (random.Next(3) == 0)
            {
                median.Remove(slot);
                keys.Remove(slot);
            }
            else
            {
                median.Set(slot, keys[slot] = random.Next(1, 50));
            }

            var sorted = keys.Values.Order().ToList();
            Assert.Equal(sorted.Count == 0 ? 0 : sorted[(sorted.Count - 1) / 2], median.Median);
        }
    }
}
